"""Scenario files: read strictly, checked as a whole, frozen."""
