//! Looking up from a request while the server works on it.

use std::pin::pin;
use std::time::Duration;

use tokio::runtime::Runtime;

/// Waits for `work`, and calls `meanwhile` after `first`, and then each time after as long as it says. It is
/// called outside of the runtime, so that it may use other sessions.
pub(crate) fn watched<T>(
    runtime: &Runtime,
    work: impl Future<Output = T>,
    first: Duration,
    meanwhile: &mut dyn FnMut() -> Duration,
) -> T {
    let mut work = pin!(work);
    let mut pause = first;
    loop {
        let ended = runtime.block_on(async { tokio::time::timeout(pause, work.as_mut()).await });
        match ended {
            Ok(result) => return result,
            Err(_) => pause = meanwhile(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_runtime_can_be_used_meanwhile() {
        let runtime = || {
            tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap()
        };
        let (one, other) = (runtime(), runtime());
        let (tell, told) = tokio::sync::oneshot::channel();
        let mut tell = Some(tell);
        let mut looks = 0;
        let work = async { told.await.unwrap() };
        let result = watched(&one, work, Duration::ZERO, &mut || {
            looks += 1;
            other.block_on(async {
                if looks == 3 {
                    tell.take().unwrap().send(7).unwrap();
                }
            });
            Duration::from_millis(1)
        });
        assert_eq!((result, looks), (7, 3));
    }
}
