package dashboard

import (
	"bytes"
	"net/http"
)

// ask shows the form that takes the token; refused says that what was given is
// not it.
func (g *guard) ask(w http.ResponseWriter, next string, refused bool) {
	var b bytes.Buffer
	err := g.form.ExecuteTemplate(&b, "frame.gohtml", frame{Title: "Token", Login: true, Assets: g.assets, Data: struct {
		Next    string
		Refused bool
	}{inside(next), refused}})
	if err != nil {
		http.Error(w, "the page cannot be made: "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("WWW-Authenticate", `Bearer realm="invoicelab"`)
	w.WriteHeader(http.StatusUnauthorized)
	w.Write(b.Bytes())
}
