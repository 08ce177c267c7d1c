"""How anything is judged: individual scores and consensus."""
