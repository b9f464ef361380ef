package experiments

import "fmt"

// confounded names the factors that change together in every run: what either
// of them does cannot be told from the other, and no effect of them is given.
func (f *factorial) confounded() []string {
	var all []string
	for i := range f.info.Axes {
		for j := i + 1; j < len(f.info.Axes); j++ {
			forth, back := f.decides(i, j), f.decides(j, i)
			a, b := f.info.Axes[i].Name, f.info.Axes[j].Name
			switch {
			case forth && back:
				all = append(all, fmt.Sprintf("%s and %s always change together: what either of them does cannot be told, and no effect of them is given", a, b))
			case forth:
				all = append(all, fmt.Sprintf("%s goes with %s: each level of %s has one level of %s, so that no effect of %s is given", b, a, a, b, b))
			case back:
				all = append(all, fmt.Sprintf("%s goes with %s: each level of %s has one level of %s, so that no effect of %s is given", a, b, b, a, a))
			}
		}
	}
	return all
}

// decides says whether the runs of each level of factor i have one level of
// factor j alone, and not all the same.
func (f *factorial) decides(i, j int) bool {
	of, levels := map[int]int{}, map[int]bool{}
	for _, c := range f.design.Cells {
		level, known := of[c.Levels[i]]
		if known && level != c.Levels[j] {
			return false
		}
		of[c.Levels[i]] = c.Levels[j]
		levels[c.Levels[j]] = true
	}
	return len(levels) > 1
}
