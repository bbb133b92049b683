import Diagnostics
import Policy
import URingABI

/// What a file says twice, or in two places that depend on each other, must be the same. A launch would believe one of
/// them, and perhaps the looser one.
///
/// | said | held against |
/// |---|---|
/// | operations that can be allowed | entries: none for an operation that is denied |
/// | an entry | it has a condition or a program |
/// | where conditions on arguments are | there is a program that holds them; programs load arguments only where there are conditions, and only those that the operation has |
/// | that the operation may be denied instead | there are conditions, and `[kernel] unfilterable` agrees |
/// | conditions of `openat` and `openat2` | they are the same: `[open]` is about both |
/// | register opcodes | where not all are allowed, there is a place that says so |
/// | flags of every request | where the programs are to hold them, every operation has programs |
/// | lines of the policy | the same line has the same text; places begin and end between characters |
///
/// Flags that a mask and a value say, descriptors, capabilities and `[kernel]` are said once, and nothing depends on
/// them. That descriptors and capabilities come once and in order is seen to while they are read.
extension PrecompiledPolicy {
  /// The first contradiction, as a sentence about "it"; `nil` if there is none.
  ///
  /// A launch runs this: see docs/design/0013-speed-of-a-launch.md.
  var contradiction: String? {
    if registrationPlace == nil, !permittedRegistrations.isEverything {
      return "it denies register opcodes without a place in the policy"
    }
    for index in entries.indices { if let flaw = contradiction(in: entries[index]) { return flaw } }
    return contradictionInOpen ?? contradictionInFlags ?? contradictionInPlaces
  }

  private func contradiction(in entry: Entry) -> String? {
    let name = entry.operation.name
    guard permitted.contains(entry.operation.code) else { return "it has conditions on '\(name)', which it denies" }
    guard entry.argumentPlace != nil else {
      if entry.programs.isEmpty { return "it has an empty entry for '\(name)'" }
      return entry.mayDenyOperation ? "it may give up conditions on '\(name)' that it does not have" : nil
    }
    if entry.programs.isEmpty {
      return "it has conditions on the arguments of '\(name)', but no program that enforces them"
    }
    if kernel.unfilterable?.value == .denyOperation, !entry.mayDenyOperation {
      return "it says 'deny-operation' for every operation, but not for '\(name)'"
    }
    return nil
  }

  /// What one entry says of programs that cannot be, whatever the rest of the file says. `lastWord`: see
  /// `PrecompiledFields.programs`.
  static func flaw(of operation: Operation, isAboutArguments: Bool, lastWord: Int) -> String? {
    if isAboutArguments, operation.arguments == .none {
      return "it has conditions on arguments of '\(operation.name)', which no kernel shows"
    }
    if lastWord < FilterContext.Header.length { return nil }
    if !isAboutArguments {
      return "its programs read arguments of '\(operation.name)', but it has no conditions on them"
    }
    return lastWord < FilterContext.Header.length + Int(operation.arguments.size)
      ? nil : "its programs read more arguments of '\(operation.name)' than there are"
  }

  /// Both take their conditions from [open].
  private var contradictionInOpen: String? {
    guard permitted.contains(Operation.openat.code), permitted.contains(Operation.openat2.code) else { return nil }
    let (first, second) = (entry(of: .openat), entry(of: .openat2))
    let isSame =
      (first?.argumentPlace == nil) == (second?.argumentPlace == nil)
      && first?.mayDenyOperation ?? false == second?.mayDenyOperation ?? false
    return isSame ? nil : "it has conditions on one of 'openat' and 'openat2', and not on the other"
  }

  private var contradictionInFlags: String? {
    if commonFlags != nil { return nil }
    var seen = CodeSet()
    for entry in entries where !entry.programs.isEmpty { seen.insert(entry.operation.code) }
    if seen == permitted { return nil }
    return "it leaves the flags of every request to programs, but not every operation has one"
  }

  private var contradictionInPlaces: String? {
    if let registrationPlace {
      if let flaw = registrationPlace.flaw { return flaw }
      for index in entries.indices {
        if let flaw = entries[index].argumentPlace?.contradiction(to: registrationPlace) { return flaw }
      }
    }
    for index in entries.indices {
      guard let place = entries[index].argumentPlace else { continue }
      if let flaw = place.flaw { return flaw }
      for other in 0..<index {
        if let flaw = entries[other].argumentPlace?.contradiction(to: place) { return flaw }
      }
    }
    return nil
  }
}

extension PrecompiledPolicy.Place {
  fileprivate var flaw: String? {
    if isBetweenCharacters(Int(column)), isBetweenCharacters(Int(column + length)) { return nil }
    return "it points into the middle of a character of line \(line) of '\(name)'"
  }

  fileprivate func contradiction(to other: PrecompiledPolicy.Place) -> String? {
    if line != other.line || text == other.text || name != other.name { return nil }
    return "it has two texts for line \(line) of '\(name)'"
  }

  /// False inside the bytes of one character of UTF-8.
  fileprivate func isBetweenCharacters(_ offset: Int) -> Bool {
    guard let index = text.utf8.index(text.utf8.startIndex, offsetBy: offset, limitedBy: text.utf8.endIndex),
      index < text.utf8.endIndex
    else { return true }
    return text.utf8[index] & 0xC0 != 0x80
  }
}
