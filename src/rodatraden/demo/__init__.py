"""The example: an association, four suppliers, and the same procurement at seven stages; all of it made up.

Everything is done by calling the verbs that the pages call, in the order of time: a rule that says no stops the loading.
"""

from rodatraden.demo.loading import load

__all__ = ["load"]
