"""What is asked of the register. `get_` raises when there is none, `find_` returns None, `list_` is ordered
and says so, `count_` counts. Every `select` on the register lives here.
"""
