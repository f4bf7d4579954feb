/// How a task that is cancelled finds its request, which it may have handed in, or not yet.
struct Ticket {
    var exchange: Exchange?
    var isCancelled = false
}
