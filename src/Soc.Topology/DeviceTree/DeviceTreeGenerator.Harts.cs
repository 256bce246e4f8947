namespace Soc.Topology.DeviceTree;

/// <content>Harts: their instruction sets, paging and local interrupt controllers (bindings riscv/cpus.yaml and riscv/extensions.yaml).</content>
public sealed partial class DeviceTreeGenerator
{
    // In the order in which an ISA string has them.
    private const string SingleLetters = "imafdqcvh";
    private static readonly string[] _pagingModes = ["sv57", "sv48", "sv39"];
    private const uint CacheBlockSize = 64;

    private void AddHarts()
    {
        DeviceTreeNode cpus = _root.Add("cpus").Cells("#address-cells", 1).Cells("#size-cells", 0).Cells("timebase-frequency", (uint)_topology.Timebase);
        foreach (HartDescription hart in _harts)
        {
            AddHart(cpus, hart);
        }
    }

    private void AddHart(DeviceTreeNode cpus, HartDescription hart)
    {
        List<string> letters = [.. SingleLetters.Select(letter => letter.ToString()).Where(letter => Has(hart, letter))];
        List<string> names =
        [
            .. hart.Isa.Extensions.Where(name => name.Length > 1 && !name.StartsWith("sv3", StringComparison.Ordinal) && !_pagingModes.Contains(name)).Order(StringComparer.Ordinal),
        ];
        DeviceTreeNode cpu = cpus.Add($"cpu@{hart.Id:x}")
            .Texts("device_type", "cpu")
            .Cells("reg", (uint)hart.Id)
            .Texts("status", "okay")
            .Texts("compatible", "riscv")
            .Texts("riscv,isa", $"rv64{string.Concat(letters)}{string.Concat(names.Select(name => $"_{name}"))}")
            .Texts("riscv,isa-base", "rv64i")
            .Texts("riscv,isa-extensions", [.. letters, .. names])
            .Texts("mmu-type", $"riscv,{_pagingModes.FirstOrDefault(hart.Isa.Extensions.Contains) ?? "sv39"}");
        foreach ((string extension, string property) in new[] { ("zicbom", "riscv,cbom-block-size"), ("zicboz", "riscv,cboz-block-size"), ("zicbop", "riscv,cbop-block-size") })
        {
            if (hart.Isa.Extensions.Contains(extension))
            {
                cpu.Cells(property, CacheBlockSize);
            }
        }

        Provider(cpu.Add("interrupt-controller").Texts("compatible", "riscv,cpu-intc"), 1, _localControllers[hart.Id]);
    }

    private static bool Has(HartDescription hart, string letter) =>
        hart.Isa.Extensions.Contains(letter) || (hart.Isa.Extensions.Contains("g") && "imafd".Contains(letter, StringComparison.Ordinal));
}
