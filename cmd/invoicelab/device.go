package main

import (
	"context"
	"runtime"

	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/kernels/device"
)

// provenance is what a run will have been made with. It opens the device once,
// so that one that cannot be had is an error before anything is planned.
func provenance(ctx context.Context, dev string, threads int) (experiments.Provenance, error) {
	be, err := device.Open(dev, threads)
	if err != nil {
		return experiments.Provenance{}, usageError{err}
	}
	defer be.Close()
	environment, err := experiments.ThisEnvironment()
	if err != nil {
		return experiments.Provenance{}, err
	}
	rev := sourceRevision()
	patch, err := dirtyPatch(ctx, rev)
	if err != nil {
		return experiments.Provenance{}, err
	}
	return experiments.Provenance{
		Revision:    rev,
		GoVersion:   runtime.Version(),
		Device:      experiments.DeviceName(be.Device()),
		Environment: &environment,
		Patch:       patch,
	}, nil
}
