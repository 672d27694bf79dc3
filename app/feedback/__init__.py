"""What askers say of answers (反馈): kept on this machine, and handed on as cases for the evaluation."""
