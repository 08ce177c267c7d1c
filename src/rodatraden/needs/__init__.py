"""Needs: for whom, with what evidence; never a solution."""
