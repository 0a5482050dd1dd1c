"""The cases behind ``drillsim verify``: what standards and handbooks publish, and what always must hold.

A new case is a row in ``cases.csv`` and, unless a file serves already, a scenario file in ``cases/``; a new
way of measuring is one function in ``times``, ``counts`` or ``invariants``. No answer stands in the code.
"""
