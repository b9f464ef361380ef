document.querySelectorAll("table").forEach(table);
