//! The test purposes of ETSI TS 102 027-2.

/// A test purpose: its id, status and clauses. Its prose is ETSI's and is not here.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Purpose {
    /// Its id: `SIP_CC_OE_CE_V_001`.
    pub id: String,
    /// Its status: `Mandatory`, `Recommended`, a PICS item, `Void`.
    pub status: String,
    /// The clauses of RFC 3261 that it refers to.
    pub clauses: Vec<String>,
}

impl Purpose {
    /// The purposes of a table of tab-separated columns whose first row names them.
    ///
    /// # Errors
    ///
    /// A row without three columns, or an id that stands twice.
    pub fn table(text: &str) -> Result<Vec<Self>, String> {
        let mut purposes: Vec<Self> = Vec::new();
        for line in text.lines().skip(1) {
            let columns: Vec<&str> = line.split('\t').collect();
            let [id, status, clauses] = columns[..] else {
                return Err(format!("`{line}` has not three columns"));
            };
            if purposes.iter().any(|other| other.id == id) {
                return Err(format!("`{id}` stands twice"));
            }
            let clauses = clauses.split(',').filter(|clause| !clause.is_empty());
            purposes.push(Self {
                id: id.to_owned(),
                status: status.to_owned(),
                clauses: clauses.map(str::to_owned).collect(),
            });
        }
        Ok(purposes)
    }

    /// Whether ETSI has not withdrawn it.
    pub fn is_live(&self) -> bool {
        self.status != "Void"
    }
}
