// Package rules decides which of a few labels an ambiguous value has: the
// address of a sender or of a supplier, a period of service or of billing, an
// amount carried forward or owed before.
//
// A rule stands between two or more labels and lists conditions on the
// evidence: the type of the document, the words that announce the value, the
// section or position where it stands, what is near, and its format. Kinds of
// evidence have an order of priority; among the conditions of one priority
// the first that holds decides; when none holds, the label that is most
// common in the domain does. A decision says which condition fired and what
// spoke against it.
//
// The package knows text only: no documents, boxes or files. Rules are data,
// see Set; those that ship are a YAML file of package config.
package rules
