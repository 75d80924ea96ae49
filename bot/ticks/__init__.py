"""One module a tick: it takes rows through a piece of work, calls outside, and hands the outcome back."""
