// Package claims holds published numbers against measured ones: which runs
// measure a claim, what they gave, and the verdict.
package claims
