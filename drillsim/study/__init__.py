"""Many runs: replicate, judge, compare, and ask which assumptions decide."""
