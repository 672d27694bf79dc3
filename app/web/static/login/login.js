// The part after # names a clause; the browser carries it along when the form's address has it.
document.forms[0].action = "/login" + location.hash;
