"""What draws and generates parts of the documentation, and installs. No part of the product."""
