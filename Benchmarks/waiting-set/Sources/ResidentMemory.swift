import Foundation

/// Memory of a process, as the kernel counts it.
struct ResidentMemory {
    /// In memory now, and at most so far; 0 where the kernel doesn't say.
    let bytes: Int
    let peak: Int

    init(of process: Int32 = getpid()) {
        let status = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
        func bytes(_ name: String) -> Int {
            let line = status.split(separator: "\n").first { $0.hasPrefix(name) }
            return (line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
        }
        self.bytes = bytes("VmRSS:")
        peak = bytes("VmHWM:")
    }
}
