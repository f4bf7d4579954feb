import ArgumentParser

/// What a process can be: any set of roles in one process, each in as many processes as needed.
enum Role: String, CaseIterable, ExpressibleByArgument, Sendable {
    case gateway, matcher, sender
}
