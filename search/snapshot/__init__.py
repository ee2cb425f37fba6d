"""One committed snapshot in memory: columns of firms and statements, and what filters leave of them."""
