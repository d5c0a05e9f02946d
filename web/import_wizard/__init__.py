"""What the screens of the import wizard show and take. Loaded when the wizard is first asked for: readers are slow to load
and large, and most days nobody imports anything.
"""
