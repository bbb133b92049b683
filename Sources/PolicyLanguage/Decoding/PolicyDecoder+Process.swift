import Diagnostics
import Policy
import TOMLSyntax
import URingABI

/// `[process]`
extension PolicyDecoder {
  mutating func decodeProcess(_ entry: TOMLTable.Entry?) -> ProcessRules {
    guard let entry, let table = reader.table(entry.value, as: Language.process) else { return ProcessRules() }
    return ProcessRules(
      noNewPrivileges: table["no-new-privileges"].flatMap { reader.boolean($0.value) } ?? true,
      exec: reader.located(table["exec"]), keepDescriptors: descriptors(table["keep-fds"]),
      droppedCapabilities: droppedCapabilities(table["capabilities"]))
  }

  private mutating func descriptors(_ entry: TOMLTable.Entry?) -> [Located<Int32>] {
    guard let entry, let elements = reader.array(entry.value) else { return [] }
    var seen = NamePlaces()
    return elements.compactMap { element in
      guard let number = reader.integer(element) else { return nil }
      guard let descriptor = Int32(exactly: number), descriptor > 2 else {
        reader.report(
          PolicyDiagnostics.outOfRange, "\(number) is not a descriptor above 2", at: element.span,
          help: (0...2).contains(number) ? "0, 1 and 2 are always kept" : "descriptors are numbers from 3 on")
        return nil
      }
      reportDuplicate(seen.update(String(descriptor), to: element.span), "this", at: element.span)
      return Located(descriptor, at: element.span)
    }
  }

  private mutating func droppedCapabilities(
    _ entry: TOMLTable.Entry?
  ) -> Located<ProcessRules.DroppedCapabilities>? {
    guard let entry, let table = reader.table(entry.value, as: Language.capabilities), let drop = table["drop"],
      let elements = reader.oneOrMore(drop.value, help: "name capabilities, or remove 'capabilities' to keep them all")
    else { return nil }
    var seen = NamePlaces()
    var dropsAll = false
    let numbers = elements.compactMap { element -> UInt8? in
      if case .string("all") = element.kind {
        dropsAll = true
        return nil
      }
      let number = reader.nameOrNumber(
        element, kind: "capability", upTo: UInt32(Capability.largest), names: ["all"] + Capability.names
      ) { name in Capability.names.firstIndex(of: name).map(UInt32.init) }
      guard let number else { return nil }
      reportDuplicate(seen.update(String(number), to: element.span), "this", at: element.span)
      return UInt8(number)
    }
    if dropsAll {
      if elements.count > 1 {
        reader.warn(
          PolicyDiagnostics.duplicateName, "'all' contains every other capability", at: drop.value.span,
          help: "write drop = [\"all\"]")
      }
      return Located(.all, at: drop.value.span)
    }
    return Located(.some(Set(numbers).sorted()), at: drop.value.span)
  }
}
