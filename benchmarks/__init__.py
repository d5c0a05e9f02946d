"""Speed against the bare libraries underneath: ratios measured in one run. No part of the tests.

`python -m benchmarks` prints the table. Each module measures one figure: what the product does, and a peer that does
the least that could be called the same with the library alone, by turns, on the same disk. May import everything;
imported by nobody but the test that runs each figure at a tiny size.
"""
