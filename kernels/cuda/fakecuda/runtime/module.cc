#include "module.h"

#include <stdlib.h>
#include <string.h>

#include "../host.h"

static std::vector<Kernel> &kernels() { // made when the first file registers
	static std::vector<Kernel> list;
	return list;
}

void fakecuda_register(const char *name, const char *source, int count, const int *sizes, const int *pointers, void (*invoke)(void **)) {
	kernels().push_back({name, source, std::vector<int>(sizes, sizes + count), std::vector<int>(pointers, pointers + count), invoke});
}

const Kernel *registered(const std::string &name) {
	for (const Kernel &k : kernels())
		if (k.name == name) return &k;
	return nullptr;
}

namespace {
typedef std::vector<std::string> Words;

bool of_name(char c) { return isalnum((unsigned char)c) || c == '_' || c == '$' || c == '.' || c == '%'; }

// split cuts PTX into names, directives, numbers and single signs, without
// its comments.
Words split(const char *p) {
	Words words;
	while (*p) {
		if (isspace((unsigned char)*p)) {
			p++;
		} else if (p[0] == '/' && p[1] == '/') {
			while (*p && *p != '\n') p++;
		} else if (p[0] == '/' && p[1] == '*') {
			const char *end = strstr(p + 2, "*/");
			p = end ? end + 2 : p + strlen(p);
		} else if (of_name(*p)) {
			const char *start = p;
			while (of_name(*p)) p++;
			words.push_back(std::string(start, p));
		} else {
			words.push_back(std::string(1, *p++));
		}
	}
	return words;
}

// bytes_of is the size of a PTX type such as .u64 or .b8; 0 of another word.
int bytes_of(const std::string &word) {
	if (word.size() < 3 || word[0] != '.' || !strchr("usfb", word[1]) || !isdigit((unsigned char)word[2])) return 0;
	return atoi(word.c_str() + 2) / 8;
}

struct Variable {
	std::string name;
	int bytes;
};

// variable reads a declaration from words[at], which is behind .param or
// .shared: ".align 8 .b8 name[16]", ".u64 .ptr .global .align 4 name". It ends
// at a comma, a parenthesis or a semicolon.
Variable variable(const Words &words, size_t at) {
	Variable v = {"", 0};
	for (; at < words.size() && !strchr(",);", words[at][0]); at++) {
		if (words[at] == ".align") {
			at++;
		} else if (bytes_of(words[at])) {
			v.bytes = bytes_of(words[at]);
		} else if (words[at] == "[" && at + 1 < words.size()) {
			v.bytes *= atoi(words[at + 1].c_str());
			at += 2;
		} else if (words[at][0] != '.') {
			v.name = words[at];
		}
	}
	return v;
}

// entry reads the one whose name is words[at] and answers where it ends.
size_t entry(const Words &words, size_t at, const std::vector<Variable> &shared, Entry *e) {
	e->name = words[at++];
	for (; at < words.size() && words[at] != "{" && words[at] != ";"; at++) {
		if (words[at] == ".param") e->sizes.push_back(variable(words, at + 1).bytes);
		if (words[at] == ".maxntid" || words[at] == ".reqntid") {
			e->max_threads = 1;
			do e->max_threads *= atoi(words[++at].c_str());
			while (words[++at] == ",");
			at--;
		}
	}
	std::vector<bool> counted(shared.size());
	for (int depth = 0; at < words.size(); at++) {
		if (words[at] == "{") depth++;
		if (words[at] == "}" && --depth == 0) break;
		for (size_t i = 0; i < shared.size(); i++)
			if (words[at] == shared[i].name && !counted[i]) {
				counted[i] = true;
				e->shared += shared[i].bytes;
			}
	}
	return at;
}
} // namespace

bool parse_ptx(const char *image, int capability, std::vector<Entry> *entries, std::string *why) {
	if (memcmp(image, "\177ELF", 4) == 0 || memcmp(image, "\x50\xed\x55\xba", 4) == 0) {
		*why = "the image is machine code, and the fake driver takes PTX only";
		return false;
	}
	Words words = split(image);
	if (words.size() < 2 || words[0] != ".version") {
		*why = "the image does not start with a .version, so it is no PTX";
		return false;
	}
	int target = 0;
	std::vector<Variable> shared; // declared outside of the functions that name it, or in one
	for (size_t i = 0; i + 1 < words.size(); i++) {
		if (words[i] == ".target" && words[i + 1].compare(0, 3, "sm_") == 0) target = atoi(words[i + 1].c_str() + 3);
		if (words[i] == ".shared" && (words[i + 1] == ".align" || bytes_of(words[i + 1]))) shared.push_back(variable(words, i + 1));
	}
	if (!target) {
		*why = "the PTX has no .target";
		return false;
	}
	if (target > capability) {
		*why = "the PTX is for sm_" + std::to_string(target) + ", the device is sm_" + std::to_string(capability);
		return false;
	}
	for (size_t i = 0; i + 1 < words.size(); i++) {
		if (words[i] != ".entry") continue;
		Entry e;
		i = entry(words, i + 1, shared, &e);
		entries->push_back(e);
	}
	return true;
}

static std::string list(const std::vector<int> &sizes) {
	std::string s;
	for (int n : sizes) s += (s.empty() ? "" : ", ") + std::to_string(n);
	return s.empty() ? "none" : s;
}

std::string mismatch(const Entry &entry, const Kernel &kernel) {
	if (entry.sizes == kernel.sizes) return "";
	return "kernel " + entry.name + ": its PTX takes parameters of " + list(entry.sizes) + " bytes, its source " + kernel.source + " of " +
	       list(kernel.sizes);
}
