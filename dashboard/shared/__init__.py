"""What several views show; none of them is known here."""
