"""补录: what was done before the office began with the program. Loaded when it is asked for, which is once in an office's life."""
