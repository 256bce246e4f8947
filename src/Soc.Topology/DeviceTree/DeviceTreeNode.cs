namespace Soc.Topology.DeviceTree;

/// <summary>A node of a device tree (Devicetree Specification 0.4, section 2.2): properties and children in order.</summary>
/// <param name="name">Name with unit address; empty for the root.</param>
public sealed class DeviceTreeNode(string name)
{
    private readonly List<DeviceTreeProperty> _properties = [];
    private readonly List<DeviceTreeNode> _children = [];

    /// <summary>Name with unit address; empty for the root.</summary>
    public string Name { get; } = name;

    /// <summary>The part of the name before the unit address.</summary>
    public string Kind => Name.Split('@')[0];

    /// <summary>Properties in order.</summary>
    public IReadOnlyList<DeviceTreeProperty> Properties => _properties;

    /// <summary>Children in order.</summary>
    public IReadOnlyList<DeviceTreeNode> Children => _children;

    /// <summary>The property of a name; null when there is none.</summary>
    public DeviceTreeProperty? Find(string property) => _properties.Find(each => each.Name == property);

    /// <summary>Whether one of the node's <c>compatible</c> texts is this.</summary>
    public bool IsCompatible(string text) => Find("compatible")?.Texts.Contains(text) ?? false;

    /// <summary>Adds a property, or replaces the one of its name.</summary>
    public DeviceTreeNode Set(DeviceTreeProperty property)
    {
        ArgumentNullException.ThrowIfNull(property);
        int at = _properties.FindIndex(each => each.Name == property.Name);
        if (at < 0)
        {
            _properties.Add(property);
        }
        else
        {
            _properties[at] = property;
        }

        return this;
    }

    /// <summary>Adds a flag.</summary>
    public DeviceTreeNode Flag(string property) => Set(DeviceTreeProperty.OfFlag(property));

    /// <summary>Adds cells.</summary>
    public DeviceTreeNode Cells(string property, params IReadOnlyList<uint> cells) => Set(DeviceTreeProperty.OfCells(property, cells));

    /// <summary>Adds numbers of two cells each.</summary>
    public DeviceTreeNode Wide(string property, params IReadOnlyList<ulong> numbers) => Set(DeviceTreeProperty.OfWide(property, numbers));

    /// <summary>Adds texts.</summary>
    public DeviceTreeNode Texts(string property, params IReadOnlyList<string> texts) => Set(DeviceTreeProperty.OfTexts(property, texts));

    /// <summary>Adds a child.</summary>
    /// <returns>The child.</returns>
    public DeviceTreeNode Add(string child) => Add(new DeviceTreeNode(child));

    /// <summary>Adds a child.</summary>
    /// <returns>The child.</returns>
    public DeviceTreeNode Add(DeviceTreeNode child)
    {
        ArgumentNullException.ThrowIfNull(child);
        _children.Add(child);
        return child;
    }

    /// <summary>The node of a path such as <c>/soc/serial@10000000</c> below this one; null when there is none.</summary>
    public DeviceTreeNode? At(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        DeviceTreeNode? node = this;
        foreach (string part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            node = node?._children.Find(child => child.Name == part || child.Kind == part);
        }

        return node;
    }

    /// <summary>This node and all below it, parents first.</summary>
    public IEnumerable<DeviceTreeNode> All() => _children.SelectMany(child => child.All()).Prepend(this);
}
