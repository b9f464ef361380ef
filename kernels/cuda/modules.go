package cuda

// modules are the .cu files and the kernels in each.
var modules = []struct {
	name    string
	kernels []string
}{
	{"memory", []string{"fill_f64"}},
	{"vector", []string{"add_bias", "axpy", "col_sum_part", "col_sum_add"}},
	{"gemm", []string{"gemm_nn_64", "gemm_nt_64", "gemm_tn_64", "gemm_nn_128", "gemm_nt_128", "gemm_tn_128", "gemm_add"}},
	{"gather", []string{"embed", "gather", "sort_start", "sort_count", "sort_scan", "sort_move", "add_sorted"}},
	{"norm", []string{"layer_norm", "layer_norm_grad", "layer_norm_param_part", "layer_norm_param_add"}},
	{"gelu", []string{"gelu", "gelu_grad"}},
	{"dropout", []string{"dropout"}},
	{"group", []string{"group_order", "group_log_softmax", "group_log_softmax_grad", "group_add", "group_sum"}},
	{"cosine", []string{"reciprocal_norms", "along_rows", "along_cols_part", "along_cols", "separation_weights", "separation_loss"}},
	{"loss", []string{"loss_count", "loss_rows", "loss_total"}},
	{"crf_prepare", []string{"crf_tops", "crf_exps", "crf_rows", "crf_gold", "crf_any_partly"}},
	{"crf_chain", []string{"crf_chain_4", "crf_chain_8", "crf_chain_16", "crf_chain_22", "crf_chain_25", "crf_chain_wide"}},
	{"crf_combine", []string{"crf_combine", "crf_settle", "crf_list", "crf_emissions", "crf_marginal_rows", "crf_known_steps", "crf_transitions", "crf_ends"}},
	{"crf_exact", []string{"crf_exact_chain", "crf_exact_emissions", "crf_exact_marginals", "crf_exact_transitions"}},
	{"viterbi", []string{"viterbi_scores", "viterbi", "argmax"}},
	{"optimiser", []string{"sum_squares", "sum_add", "adamw"}},
}
