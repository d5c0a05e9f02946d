"""Speed against the bare libraries underneath: ratios measured in one run. No part of the tests.

`python -m benchmarks` prints the table. May import everything; imported by nobody.
"""
