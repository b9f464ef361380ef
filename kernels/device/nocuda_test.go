//go:build !cuda

package device_test

// noCUDA is why a build without the tag opens no GPU.
const noCUDA = "no CUDA backend: make cuda"
