"""The core: posts, the case and its moves, targets, history, errors and ports. Standard library only."""
