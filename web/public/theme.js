// Before first paint: the reader's choice of colours, if there is one; else the system's.
try {
  var choice = localStorage.getItem('keyledger.theme');
  if (choice === 'light' || choice === 'dark') document.documentElement.dataset.theme = choice;
} catch (error) {
  /* storage is switched off */
}
