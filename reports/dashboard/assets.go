package dashboard

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"net/http"
	"time"

	"github.com/invoicelab/invoicelab/reports"
)

// The parts of every page.
var (
	//go:embed templates/*.gohtml
	templates embed.FS
	//go:embed style.css
	styleSheet string
	//go:embed script.js
	script string
)

// assetPrefix is where the style sheet and the script are.
const assetPrefix = "/assets/"

// assets are the files that pages load, by names that change with what they
// hold, so that browsers may keep them.
type assets struct {
	Style, Script, Icon string // addresses
	files               map[string]asset
}

type asset struct {
	kind    string
	content []byte
}

func newAssets() assets {
	a := assets{files: map[string]asset{}}
	a.Style = a.add("style-", ".css", "text/css; charset=utf-8", []byte(reports.Style()+"\n"+styleSheet))
	a.Script = a.add("script-", ".js", "text/javascript; charset=utf-8", []byte(reports.TableScript()+script))
	a.Icon = a.add("icon-", ".svg", "image/svg+xml", []byte(icon))
	return a
}

// icon is what browsers show in a tab: labelled lines.
const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="#0072b2"/><path d="M3 5h6M3 8h10M3 11h4" stroke="#fff" stroke-width="1.8"/></svg>`

func (a *assets) add(stem, ending, kind string, content []byte) string {
	sum := sha256.Sum256(content)
	name := stem + hex.EncodeToString(sum[:6]) + ending
	a.files[name] = asset{kind, content}
	return assetPrefix + name
}

func (a *assets) serve(w http.ResponseWriter, r *http.Request) {
	f, ok := a.files[r.PathValue("name")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", f.kind)
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(f.content))
}
