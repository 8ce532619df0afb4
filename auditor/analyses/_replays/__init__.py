"""How replays and what-ifs are computed: strikes over time, solved on both plans, told with reasons."""
