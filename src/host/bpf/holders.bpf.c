/*
 * The kernel side of bpf.c: for every open socket of every process, one row with its inode and the process's number.
 * Compiled for the BPF machine; the structures name only the members used, and the kernel finds where they lie (CO-RE).
 *
 * SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
 */
#include <linux/bpf.h>
#include <linux/types.h>

#include <bpf/bpf_helpers.h>

#define KERNEL_TYPE __attribute__((preserve_access_index))
#define TYPE_MASK 0170000 /* S_IFMT */
#define TYPE_SOCKET 0140000

struct seq_file;
struct bpf_iter_meta {
    struct seq_file *seq;
} KERNEL_TYPE;
struct task_struct {
    int tgid;
} KERNEL_TYPE;
struct inode {
    unsigned short i_mode;
    unsigned long i_ino;
} KERNEL_TYPE;
struct file {
    struct inode *f_inode;
} KERNEL_TYPE;
struct bpf_iter__task_file {
    struct bpf_iter_meta *meta;
    struct task_struct *task;
    __u32 fd;
    struct file *file;
} KERNEL_TYPE;

SEC("iter/task_file")
int ptn_holders(struct bpf_iter__task_file *ctx)
{
    struct task_struct *task = ctx->task;
    struct file *file = ctx->file;
    if (!task || !file || (file->f_inode->i_mode & TYPE_MASK) != TYPE_SOCKET)
        return 0;
    struct {
        __u64 inode, pid;
    } row = {file->f_inode->i_ino, (__u64)task->tgid};
    bpf_seq_write(ctx->meta->seq, &row, sizeof(row));
    return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
