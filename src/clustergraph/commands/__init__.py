"""The commands of the program, one module each; a command's module is loaded when it runs.

Only these and `cli` talk to a terminal. A command reads its words, calls the library once, and
prints the outcome.
"""
