#include "module.h"

#include <regex>
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

// bytes_of is the size of a PTX type such as .u64 or .b8; 0 if unknown.
static int bytes_of(const std::string &type) {
	if (type.size() < 2 || !strchr("usfb", type[0])) return 0;
	return atoi(type.c_str() + 1) / 8;
}

// parameters reads the declarations between the parentheses of an entry:
// ".param .u64 .ptr .global .align 4 name, .param .align 8 .b8 name[16]".
static std::vector<int> parameters(const std::string &list) {
	static const std::regex declaration(R"(\.param((?:\s+\.[a-z]+[0-9]*(?:\s+[0-9]+)?)+)\s+([\w$]+)(?:\[([0-9]+)\])?)");
	static const std::regex type(R"(\.([usfb][0-9]+))");
	std::vector<int> sizes;
	for (std::sregex_iterator d(list.begin(), list.end(), declaration), end; d != end; ++d) {
		std::string words = (*d)[1];
		std::smatch t;
		int size = std::regex_search(words, t, type) ? bytes_of(t[1]) : 0;
		if ((*d)[3].matched) size *= atoi((*d)[3].str().c_str());
		sizes.push_back(size);
	}
	return sizes;
}

bool parse_ptx(const char *image, int capability, std::vector<Entry> *entries, std::string *why) {
	if (memcmp(image, "\177ELF", 4) == 0 || memcmp(image, "\x50\xed\x55\xba", 4) == 0) {
		*why = "the image is machine code, and the fake driver takes PTX only";
		return false;
	}
	std::string text(image), code;
	static const std::regex comment(R"(//[^\n]*|/\*[^*]*\*+(?:[^/*][^*]*\*+)*/)");
	code = std::regex_replace(text, comment, "");
	std::smatch found;
	static const std::regex version(R"(^\s*\.version\s+[0-9]+\.[0-9]+)"), target(R"(\.target\s+sm_([0-9]+))");
	if (!std::regex_search(code, found, version)) {
		*why = "the image does not start with a .version, so it is no PTX";
		return false;
	}
	if (!std::regex_search(code, found, target)) {
		*why = "the PTX has no .target";
		return false;
	}
	if (atoi(found[1].str().c_str()) > capability) {
		*why = "the PTX is for sm_" + found[1].str() + ", the device is sm_" + std::to_string(capability);
		return false;
	}
	// Shared memory is declared outside of the functions that name it.
	struct Variable { std::string name; int bytes; };
	std::vector<Variable> variables;
	static const std::regex shared(R"(\.shared\s+(?:\.align\s+[0-9]+\s+)?\.([usfb][0-9]+)\s+([\w$]+)(?:\[([0-9]+)\])?\s*;)");
	for (std::sregex_iterator v(code.begin(), code.end(), shared), end; v != end; ++v)
		variables.push_back({(*v)[2], bytes_of((*v)[1]) * ((*v)[3].matched ? atoi((*v)[3].str().c_str()) : 1)});
	for (size_t at = code.find(".entry"); at != std::string::npos; at = code.find(".entry", at + 1)) {
		size_t open = code.find_first_of("({", at);
		if (open == std::string::npos) break;
		Entry e;
		std::string head = code.substr(at + 6, open - at - 6);
		e.name = std::regex_replace(head, std::regex(R"(\s+)"), "");
		size_t close = open;
		if (code[open] == '(') {
			close = code.find(')', open);
			e.sizes = parameters(code.substr(open, close - open));
		}
		size_t body = code.find('{', close), next = code.find(".entry", close);
		if (body == std::string::npos) break;
		std::string directives = code.substr(close, body - close), rest = code.substr(body, next == std::string::npos ? next : next - body);
		static const std::regex bound(R"(\.(?:maxntid|reqntid)\s+([0-9]+)(?:\s*,\s*([0-9]+))?(?:\s*,\s*([0-9]+))?)");
		if (std::regex_search(directives, found, bound)) {
			e.max_threads = atoi(found[1].str().c_str());
			for (int i = 2; i < 4; i++)
				if (found[i].matched) e.max_threads *= atoi(found[i].str().c_str());
		}
		for (const Variable &v : variables)
			if (std::regex_search(rest, std::regex("[^\\w$]" + std::regex_replace(v.name, std::regex(R"(\$)"), "\\$$") + "[^\\w$]"))) e.shared += v.bytes;
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
