"""Tests of the house. `unit` needs no database; `integration` and `e2e` do. They mirror the packages."""
