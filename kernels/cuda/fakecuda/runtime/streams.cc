// The driver's calls for streams and events.
#include "driver.h"

std::set<CUstream> streams;
std::set<CUevent> events;

int check_stream(const char *call, CUstream s, Context *context) {
	if (s && (!streams.count(s) || s->context != context)) return fail(CUDA_ERROR_INVALID_HANDLE, "%s: the stream is not one of this context", call);
	return 0;
}

EXPORT CUresult cuStreamCreateWithPriority(CUstream *made, unsigned flags, int priority) {
	ENTER("cuStreamCreate");
	*made = new CUstream_st{context, flags, priority};
	streams.insert(*made);
	state->streams++;
	return CUDA_SUCCESS;
}
EXPORT CUresult cuStreamCreate(CUstream *made, unsigned flags) { return cuStreamCreateWithPriority(made, flags, 0); }
EXPORT CUresult cuStreamDestroy_v2(CUstream s) {
	ENTER("cuStreamDestroy");
	if (!s) return bad(fail(CUDA_ERROR_INVALID_HANDLE, "cuStreamDestroy: the default stream"));
	if (int e = check_stream("cuStreamDestroy", s, context)) return bad(e);
	streams.erase(s);
	delete s;
	state->streams--;
	return CUDA_SUCCESS;
}
EXPORT CUresult cuStreamSynchronize(CUstream s) {
	ENTER("cuStreamSynchronize");
	if (int e = check_stream("cuStreamSynchronize", s, context)) return bad(e);
	state->synchronizes++;
	return CUDA_SUCCESS;
}
EXPORT CUresult cuStreamQuery(CUstream s) {
	ENTER("cuStreamQuery");
	return bad(check_stream("cuStreamQuery", s, context));
}
EXPORT CUresult cuStreamGetFlags(CUstream s, unsigned *flags) {
	ENTER("cuStreamGetFlags");
	if (int e = check_stream("cuStreamGetFlags", s, context)) return bad(e);
	return *flags = s ? s->flags : 0, CUDA_SUCCESS;
}

static int check_event(const char *call, CUevent e, Context *context) {
	if (!events.count(e) || e->context != context) return fail(CUDA_ERROR_INVALID_HANDLE, "%s: the event is not one of this context", call);
	return 0;
}
EXPORT CUresult cuEventCreate(CUevent *made, unsigned flags) {
	ENTER("cuEventCreate");
	*made = new CUevent_st{context, flags, false, {}};
	events.insert(*made);
	state->events++;
	return CUDA_SUCCESS;
}
EXPORT CUresult cuEventDestroy_v2(CUevent e) {
	ENTER("cuEventDestroy");
	if (int code = check_event("cuEventDestroy", e, context)) return bad(code);
	events.erase(e);
	delete e;
	state->events--;
	return CUDA_SUCCESS;
}
EXPORT CUresult cuEventRecord(CUevent e, CUstream s) {
	ENTER("cuEventRecord");
	if (int code = check_event("cuEventRecord", e, context)) return bad(code);
	if (int code = check_stream("cuEventRecord", s, context)) return bad(code);
	e->recorded = true;
	clock_gettime(CLOCK_MONOTONIC, &e->at);
	return CUDA_SUCCESS;
}
EXPORT CUresult cuEventQuery(CUevent e) {
	ENTER("cuEventQuery");
	return bad(check_event("cuEventQuery", e, context));
}
EXPORT CUresult cuEventSynchronize(CUevent e) {
	ENTER("cuEventSynchronize");
	state->synchronizes++;
	return bad(check_event("cuEventSynchronize", e, context));
}
EXPORT CUresult cuStreamWaitEvent(CUstream s, CUevent e, unsigned) {
	ENTER("cuStreamWaitEvent");
	if (int code = check_stream("cuStreamWaitEvent", s, context)) return bad(code);
	return bad(check_event("cuStreamWaitEvent", e, context));
}
EXPORT CUresult cuEventElapsedTime(float *milliseconds, CUevent from, CUevent to) {
	ENTER("cuEventElapsedTime");
	if (int code = check_event("cuEventElapsedTime", from, context)) return bad(code);
	if (int code = check_event("cuEventElapsedTime", to, context)) return bad(code);
	if (!from->recorded || !to->recorded || ((from->flags | to->flags) & CU_EVENT_DISABLE_TIMING))
		return bad(fail(CUDA_ERROR_INVALID_HANDLE, "cuEventElapsedTime: an event was not recorded, or takes no time"));
	*milliseconds = (float)((double)(to->at.tv_sec - from->at.tv_sec) * 1e3 + (double)(to->at.tv_nsec - from->at.tv_nsec) / 1e6);
	return CUDA_SUCCESS;
}
