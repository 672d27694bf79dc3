"""Access (登录与审计): who may open the page when it is bound wider than this machine, and what was shown to whom."""
