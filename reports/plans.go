package reports

func planPerLabel(r *Report, f *fonts, width float64) (*drawing, error)  { return nil, absent("") }
func planCurves(r *Report, f *fonts, width float64) (*drawing, error)    { return nil, absent("") }
func planFrequency(r *Report, f *fonts, width float64) (*drawing, error) { return nil, absent("") }
func planEffects(r *Report, f *fonts, width float64) (*drawing, error)   { return nil, absent("") }
