// Modules: the entries of a PTX text, and the kernels compiled from the .cu
// files that must match them.
#pragma once
#include <string>
#include <vector>

struct Kernel { // as its source says
	std::string name, source;
	std::vector<int> sizes; // of the parameters, bytes
	std::vector<int> pointers; // 1 where the parameter is one
	void (*invoke)(void **arguments);
};

struct Entry { // as the PTX says
	std::string name;
	std::vector<int> sizes;
	int max_threads = 1024; // of .maxntid or .reqntid
	int shared = 0;         // bytes of static shared memory that it names
};

struct Module;

struct Function {
	Module *module;
	Entry entry;
	const Kernel *kernel;
};

// registered gives the kernel of a name, or null.
const Kernel *registered(const std::string &name);

// parse_ptx reads the entries; false with a message when the text is no PTX
// or is for a newer chip than capability (10 major + minor).
bool parse_ptx(const char *text, int capability, std::vector<Entry> *entries, std::string *why);

// mismatch says how the two differ, or nothing.
std::string mismatch(const Entry &entry, const Kernel &kernel);
