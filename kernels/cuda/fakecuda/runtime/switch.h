// Changing from one stack to another, in about ten instructions: what
// swapcontext does, without its two system calls.
#pragma once
#include <stddef.h>
#include <stdint.h>

// switch_stack saves the callee's registers and the stack pointer, the latter
// in *from, and continues where `to` was saved.
extern "C" void fakecuda_switch(void **from, void *to);

#if defined(__x86_64__)
asm(R"(
	.text
	.type fakecuda_switch, @function
fakecuda_switch:
	pushq %rbp
	pushq %rbx
	pushq %r12
	pushq %r13
	pushq %r14
	pushq %r15
	movq %rsp, (%rdi)
	movq %rsi, %rsp
	popq %r15
	popq %r14
	popq %r13
	popq %r12
	popq %rbx
	popq %rbp
	ret
	.size fakecuda_switch, .-fakecuda_switch
)");

// first_switch is the saved stack pointer of a stack, whose highest address
// is given, that begins with entry.
static inline void *first_switch(char *top, void (*entry)(void)) {
	void **sp = (void **)((uintptr_t)top & ~(uintptr_t)15);
	*--sp = nullptr; // the return address of entry, which never returns
	*--sp = (void *)entry;
	for (int i = 0; i < 6; i++) *--sp = nullptr;
	return sp;
}
#elif defined(__aarch64__)
asm(R"(
	.text
	.type fakecuda_switch, %function
fakecuda_switch:
	sub sp, sp, #160
	stp x19, x20, [sp]
	stp x21, x22, [sp, #16]
	stp x23, x24, [sp, #32]
	stp x25, x26, [sp, #48]
	stp x27, x28, [sp, #64]
	stp x29, x30, [sp, #80]
	stp d8, d9, [sp, #96]
	stp d10, d11, [sp, #112]
	stp d12, d13, [sp, #128]
	stp d14, d15, [sp, #144]
	mov x2, sp
	str x2, [x0]
	mov sp, x1
	ldp x19, x20, [sp]
	ldp x21, x22, [sp, #16]
	ldp x23, x24, [sp, #32]
	ldp x25, x26, [sp, #48]
	ldp x27, x28, [sp, #64]
	ldp x29, x30, [sp, #80]
	ldp d8, d9, [sp, #96]
	ldp d10, d11, [sp, #112]
	ldp d12, d13, [sp, #128]
	ldp d14, d15, [sp, #144]
	add sp, sp, #160
	ret
	.size fakecuda_switch, .-fakecuda_switch
)");

static inline void *first_switch(char *top, void (*entry)(void)) {
	void **sp = (void **)((uintptr_t)top & ~(uintptr_t)15) - 20;
	for (int i = 0; i < 20; i++) sp[i] = nullptr;
	sp[11] = (void *)entry; // x30
	return sp;
}
#else
#error "the fake CUDA driver knows x86-64 and arm64"
#endif
