"""先例: decided cases that are like what somebody wants to draft, and drafts that begin from one."""
