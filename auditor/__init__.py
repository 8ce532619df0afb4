"""What takes us down that we do not control, and what would it cost to change that?"""
