// What a process holds, as the system sees it.

import Foundation

/// Memory and descriptors of a process at a moment.
struct ProcessSample: Hashable, Sendable {
    /// From the beginning of the run.
    let seconds: Double
    /// Resident, in MiB.
    let memory: Double
    let descriptors: Int

    /// Nil for a process that isn't there, or where /proc isn't.
    init?(of pid: Int32, at seconds: Double) {
        // What can't be read is a process that has ended.
        guard let status = try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmRSS:") }),
            let kilobytes = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first
                .flatMap({ Double($0) }),
            let open = try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd")
        else { return nil }
        self.init(seconds: seconds, memory: kilobytes / 1024, descriptors: open.count)
    }

    init(seconds: Double, memory: Double, descriptors: Int) {
        self.seconds = seconds
        self.memory = memory
        self.descriptors = descriptors
    }
}
