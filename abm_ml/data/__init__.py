"""Reading exports into canonical tables, and the simulator that makes such exports."""
