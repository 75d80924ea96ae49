"""A local Slack workspace, a local X and a page to work them: to try, to train in, to test against."""
