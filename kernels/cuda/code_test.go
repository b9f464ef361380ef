package cuda

import (
	"strings"
	"testing"
	"testing/fstest"
)

// TestMachineCode: a device gets the newest code of its major capability that is complete and of these sources.
func TestMachineCode(t *testing.T) {
	var hashes []string
	files := fstest.MapFS{}
	for i, m := range modules {
		hashes = append(hashes, strings.Repeat(string(rune('a'+i)), hashDigits))
		for _, chip := range []string{"80", "86", "90"} {
			files["cubin/"+m.name+"-"+hashes[i]+".sm_"+chip+".cubin"] = &fstest.MapFile{Data: []byte(m.name + " " + chip)}
		}
	}
	for _, c := range []struct {
		capability int
		want       string // the chip; empty is PTX
	}{{75, ""}, {80, "80"}, {86, "86"}, {89, "86"}, {90, "90"}, {100, ""}} {
		images := machineCode(files, hashes, c.capability)
		if (images == nil) != (c.want == "") {
			t.Errorf("capability %d gets %q, expected code for %q", c.capability, images, c.want)
		}
		for i, image := range images {
			if want := modules[i].name + " " + c.want; string(image) != want {
				t.Errorf("capability %d gets %q, expected %q", c.capability, image, want)
			}
		}
	}
	hashes[3] = strings.Repeat("z", hashDigits) // its source has changed since
	if images := machineCode(files, hashes, 80); images != nil {
		t.Errorf("code of other sources is used: %q", images)
	}
}

// TestChooseCode: PTX where it is asked for, and a misspelt wish is refused.
func TestChooseCode(t *testing.T) {
	c, err := chooseCode("ptx", 90)
	if err != nil || c.kind != "PTX" || len(c.images) != len(modules) || !strings.Contains(string(c.images[0]), ".entry fill_f64(") {
		t.Errorf("%s, %d modules, %v", c.kind, len(c.images), err)
	}
	if _, err := chooseCode("ptc", 90); err == nil || !strings.Contains(err.Error(), `INVOICELAB_CUDA_CODE is "ptc", expected ptx or nothing`) {
		t.Errorf("error %v", err)
	}
}
