//! Doing something with many files by several threads.

use std::num::NonZero;
use std::panic::resume_unwind;
use std::thread;

/// From so many on there are several threads: fewer are done before a second one has begun.
const MANY: usize = 256;
/// More threads than this wait for each other in the system.
const MOST: usize = 4;

/// Does something with consecutive parts of a list. What comes of them is in the order of the list.
pub(super) fn in_parts<T: Sync, R: Send>(all: &[T], work: impl Fn(&[T]) -> R + Sync) -> Vec<R> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    in_parts_by(threads, all, work)
}

fn in_parts_by<T: Sync, R: Send>(
    threads: usize,
    all: &[T],
    work: impl Fn(&[T]) -> R + Sync,
) -> Vec<R> {
    let threads = threads.min(MOST);
    if threads == 1 || all.len() < MANY {
        return vec![work(all)];
    }
    let mut parts = all.chunks(all.len().div_ceil(threads));
    let work = &work;
    thread::scope(|scope| {
        // The first part is for this thread.
        let first = parts.next();
        let others: Vec<_> = parts.map(|part| scope.spawn(move || work(part))).collect();
        let mut done: Vec<R> = first.map(work).into_iter().collect();
        for other in others {
            done.push(other.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        done
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_in_order_and_nothing_is_left_out() {
        for (threads, number) in [(1, 1000), (2, 255), (2, 256), (3, 1000), (64, 4097)] {
            let all: Vec<usize> = (0..number).collect();
            let parts = in_parts_by(threads, &all, <[usize]>::to_vec);
            assert!(parts.len() <= threads.min(MOST));
            assert_eq!(parts.concat(), all);
        }
    }
}
